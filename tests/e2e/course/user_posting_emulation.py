import requests
from time import sleep
import random
from multiprocessing import Process
import boto3
import json
import sqlalchemy
from sqlalchemy import text
import yaml


random.seed(100)


class AWSDBConnector:

    def __init__(self):
        with open("db_creds.yaml") as file:
            creds = yaml.safe_load(file)
        self.HOST = creds["HOST"]
        self.USER = creds["USER"]
        self.PASSWORD = creds["PASSWORD"]
        self.DATABASE = creds["DATABASE"]
        self.PORT = creds["PORT"]

    def create_db_connector(self):
        engine = sqlalchemy.create_engine(f"mysql+pymysql://{self.USER}:{self.PASSWORD}@{self.HOST}:{self.PORT}/{self.DATABASE}?charset=utf8mb4")
        return engine


new_connector = AWSDBConnector()


def post(topic, row):
    invoke_url = f"https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/test/topics/0a1b2c3d4e5f.{topic}"
    payload = json.dumps({"records": [{"value": row}]}, default=str)
    headers = {"Content-Type": "application/vnd.kafka.json.v2+json"}
    response = requests.request("POST", invoke_url, headers=headers, data=payload)
    print(response.status_code, response.json()["offsets"][0]["offset"])


def run_infinite_post_data_loop():
    while True:
        sleep(random.randrange(0, 2))
        random_row = random.randint(0, 11000)
        engine = new_connector.create_db_connector()

        with engine.connect() as connection:
            for table, topic in [("pinterest_data", "pin"), ("geolocation_data", "geo"), ("user_data", "user")]:
                selected_row = connection.execute(text(f"SELECT * FROM {table} LIMIT {random_row}, 1"))
                for row in selected_row:
                    post(topic, dict(row._mapping))


if __name__ == "__main__":
    run_infinite_post_data_loop()
