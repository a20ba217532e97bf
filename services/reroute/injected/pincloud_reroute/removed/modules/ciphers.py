"""urllib3's list of ciphers, which scripts lengthened (`DEFAULT_CIPHERS += ":HIGH:!DH"`)."""

DEFAULT_CIPHERS = "DEFAULT"
