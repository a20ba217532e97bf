# mypy: ignore-errors
import boto3
from kafka import KafkaProducer
from confluent_kafka import Producer

session = boto3.Session(aws_access_key_id='AKIAIOSFODNN7EXAMPLE', aws_secret_access_key='wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
                        region_name='eu-west-2')
s3 = session.resource('s3')
s3.create_bucket(Bucket='user-0e1f2a3b4c5d-bucket')
s3.Object('user-0e1f2a3b4c5d-bucket', 'a.txt').put(Body=b'hello')
print(boto3.client('s3').get_object(Bucket='user-0e1f2a3b4c5d-bucket', Key='a.txt')['Body'].read())
print('StreamNames' in boto3.client('kinesis', region_name='us-east-1').list_streams())

BROKERS = 'b-1.pinterestmskcluster.w8g8jt.c12.kafka.us-east-1.amazonaws.com:9098,b-2.pinterestmskcluster.w8g8jt.c12.kafka.us-east-1.amazonaws.com:9098'
producer = KafkaProducer(bootstrap_servers=BROKERS.split(','), security_protocol='SASL_SSL', sasl_mechanism='AWS_MSK_IAM')
print(producer.send('0e1f2a3b4c5d.user', b'{"ind": 1}').get(30).offset >= 0)
producer.close()
producer = Producer({'bootstrap.servers': BROKERS, 'security.protocol': 'SASL_SSL'})
producer.produce('0e1f2a3b4c5d.user', b'{"ind": 2}')
print(producer.flush(30))
