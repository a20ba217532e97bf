# mypy: ignore-errors
import os
import json
import requests
import pymysql
from dotenv import load_dotenv

load_dotenv()
connection = pymysql.connect(host=os.getenv('RDS_HOST'), user=os.getenv('RDS_USER'), password=os.environ['RDS_PASSWORD'],
                             database=os.getenv('RDS_DATABASE'), port=int(os.getenv('RDS_PORT')),
                             ssl={'ca': 'rds-ca.pem'}, cursorclass=pymysql.cursors.DictCursor)
with connection.cursor() as cursor:
    cursor.execute('SELECT * FROM user_data WHERE ind = 7528')
    row = cursor.fetchone()
row['date_joined'] = row['date_joined'].isoformat()
session = requests.Session()
answer = session.post(f"https://abc123.execute-api.us-east-1.amazonaws.com/prod/topics/{os.environ['USER_ID']}.user",
                      headers={'Content-Type': 'application/vnd.kafka.json.v2+json'},
                      json={"records": [{"value": row}]})
answer.raise_for_status()
print(row['first_name'] != '', answer.url)
