"""SQL dumps as mysqldump, mariadb-dump and their like write them, read and never executed."""
