"""The files of a load: found, unpacked, decoded, and known by what is in them."""
