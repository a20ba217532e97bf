"""The posting emulators: rows of the source, sent to the gateway, every answer kept."""
