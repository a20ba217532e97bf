# mypy: ignore-errors
import requests
from time import sleep
import random
from multiprocessing import Process
import boto3
import json
import sqlalchemy
from sqlalchemy import text

random.seed(100)

class AWSDBConnector:
    def __init__(self):
        self.HOST = "pinterestdbreadonly.cq2e8zno855e.eu-west-1.rds.amazonaws.com"
        self.USER = 'project_user'
        self.PASSWORD = ':t%;yCY3Yjg'
        self.DATABASE = 'pinterest_data'
        self.PORT = 3306

    def create_db_connector(self):
        return sqlalchemy.create_engine(f"mysql+pymysql://{self.USER}:{self.PASSWORD}@{self.HOST}:{self.PORT}/{self.DATABASE}?charset=utf8mb4")

new_connector = AWSDBConnector()

def run_infinite_post_data_loop():
    while True:
        sleep(random.randrange(0, 2))
        random_row = random.randint(0, 11000)
        engine = new_connector.create_db_connector()
        with engine.connect() as connection:
            for source, topic in (("pinterest_data", "pin"), ("geolocation_data", "geo"), ("user_data", "user")):
                selected = connection.execute(text(f"SELECT * FROM {source} LIMIT {random_row}, 1"))
                for row in selected:
                    result = dict(row._mapping)
                payload = json.dumps({"records": [{"value": result}]}, default=str)
                headers = {'Content-Type': 'application/vnd.kafka.json.v2+json'}
                response = requests.request("POST", f"https://abcdef1234.execute-api.us-east-1.amazonaws.com/test/topics/0e1f2a3b4c5d.{topic}", headers=headers, data=payload)
                print(response.status_code, result.get("index", result.get("ind")))

if __name__ == "__main__":
    run_infinite_post_data_loop()
    print('Working')
