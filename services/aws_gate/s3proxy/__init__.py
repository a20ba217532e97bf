"""s3proxy (`org.gaul:s3proxy`), the S3 server behind the gate: one Java process over plain files."""
