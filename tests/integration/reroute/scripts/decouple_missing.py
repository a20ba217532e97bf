# mypy: ignore-errors
from decouple import config
import sqlalchemy

engine = sqlalchemy.create_engine(
    f"mysql+pymysql://{config('DB_USERNAME')}:{config('DB_PASSWORD')}@{config('DB_HOST')}:{config('DB_PORT', cast=int)}/{config('DB_NAME')}")
with engine.connect() as connection:
    print(connection.execute(sqlalchemy.text('SELECT COUNT(*) FROM pinterest_data')).scalar())
