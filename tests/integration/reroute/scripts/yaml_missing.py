# mypy: ignore-errors
import yaml
import requests
import random
import json
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

random.seed(100)


class AWSDBConnector:
    def read_db_creds(self):
        with open('db_creds.yaml', 'r') as file:
            return yaml.safe_load(file)

    def create_db_connector(self):
        creds = self.read_db_creds()
        return create_engine(URL.create('mysql+pymysql', creds['RDS']['USER'], creds['RDS']['PASSWORD'],
                                        creds['RDS']['HOST'], 3306, creds['DATABASE']))


with open('config/api.yml') as f:
    api = yaml.load(f, Loader=yaml.FullLoader)

for _ in range(2):
    row_number = random.randint(0, 11000)
    engine = AWSDBConnector().create_db_connector()
    with engine.connect() as connection:
        for row in connection.execute(text(f"SELECT * FROM geolocation_data LIMIT {row_number}, 1")):
            geo = dict(row._mapping)
    geo['timestamp'] = geo['timestamp'].strftime("%Y-%m-%d %H:%M:%S")
    response = requests.post(f"{api['invoke_url']}/topics/{api.get('user_id')}.geo",
                             headers={'Content-Type': 'application/vnd.kafka.json.v2+json'},
                             data=json.dumps({"records": [{"value": geo}]}))
    print(response.json()['offsets'][0]['offset'] >= 0)
