# mypy: ignore-errors
from db_creds import HOST, USER, PASSWORD, DATABASE, PORT
import config.aws_credentials as keys
import sqlalchemy

engine = sqlalchemy.create_engine("mysql+pymysql://%s:%s@%s:%s/%s?charset=utf8mb4" % (USER, PASSWORD, HOST, PORT, DATABASE))
with engine.connect() as connection:
    print(connection.execute(sqlalchemy.text('SELECT COUNT(*) FROM pinterest_data')).scalar(), keys.region)
