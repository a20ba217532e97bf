"""The words that configuration keys are made of."""

from __future__ import annotations

DATABASE_WORDS = {"database", "databases", "db", "mysql", "rds", "sql", "sqlalchemy", "mariadb"}
API_WORDS = {"api", "base", "gateway", "invoke", "rest", "root", "apigateway"}
KAFKA_WORDS = {"kafka", "msk", "broker", "bootstrap"}
STREAM_WORDS = {"kinesis", "stream", "streaming", "streams", "kafka"}
STORE_WORDS = {"aws", "s3", "kinesis", "localstack", "boto", "boto3"}

PREFIXES = {
    "aws", "database", "db", "my", "mysql", "pinterest", "rds", "source", "sql", "remote", "cloud", "your", "default",
    "s3", "pin", "kafka", "kinesis", "msk", "ec", "project", "the", "mariadb",
}  # fmt: skip
FILLERS = {
    "topic", "topics", "stream", "streams", "streaming", "table", "tables", "kafka", "kinesis", "name", "data", "url",
    "uri", "endpoint", "invoke", "api", "msk", "post", "posting", "rest", "mysql", "rds", "db", "source", "batch",
}  # fmt: skip
"""Words beside a table's that leave its meaning alone: `user_id` is not of the table `user`."""

TABLES = {
    "pin": "pin",
    "pins": "pin",
    "pinterest": "pin",
    "geo": "geo",
    "geolocation": "geo",
    "user": "user",
    "users": "user",
}
"""Word of a key → short name of the table, as in `services.tables`, which cannot be imported here."""

TRANSPARENT = {"value", "default", "text", "val", "current"}
"""Keys that mean what they stand below: Terraform's `{"api_url": {"value": …}}`."""

_MEANINGS = {
    "host": "host hostname endpoint server address hostaddress servername addr hosturl",
    "user": "user username login usr uname account",
    "password": "password passwd pass pwd pw passphrase",
    "database": "database databasename dbname db schema name databases dbs initialdb defaultschema",
    "port": "port portnumber",
    "user_id": "userid uid uuid useruuid iamuser iamusername iamuserid topicprefix userprefix prefix",
    "url": "url api apiurl apigateway apigatewayurl apiendpoint apiinvoke apiinvokeurl baseurl baseinvokeurl "
    "endpointurl gatewayurl invoke invokeurl rooturl baseapiurl base baseuri urlbase invokebase gateway resturl "
    "restproxyurl restproxy apibase apiroot",
    "api id": "apiid restapiid gatewayid apigatewayid apigwid",
    "api key": "apikey xapikey apitoken apigatewaykey",
    "stage": "stage apistage stagename deploymentstage deployment",
    "access_key_id": "accesskey accesskeyid keyid accessid access publickey",
    "secret_access_key": "secret secretkey secretaccesskey secretaccess accesssecret privatekey secretaccesskeyid",
    "session token": "sessiontoken token securitytoken",
    "region": "region regionname defaultregion awsregion",
    "bucket": "bucket bucketname s3bucket s3bucketname bucketid",
    "kafka": "bootstrap bootstrapserver bootstrapservers brokers broker kafkabootstrapservers bootstrapbrokers "
    "brokerlist brokerstring bootstrapserverstring kafkabrokers kafkabroker kafkaservers",
    "type": "type dialect databasetype dbtype engine",
    "driver": "dbapi driver pythondriver",
    "drivername": "drivername dialectdriver",
    "engine": "connectionstring connectionurl connectionuri connstring connstr dsn sqlalchemydatabaseuri "
    "sqlalchemyurl databaseuri engineurl jdbcurl conn connection",
    "topic": "topic topicname kafkatopic",
    "topics": "topics topiclist topicnames kafkatopics",
    "stream": "stream streamname kinesisstream kinesisstreamname",
    "streams": "streams streamlist streamnames kinesisstreams",
    "table": "table tablename sourcetable",
    "tables": "tables tablelist tablenames sourcetables",
    "urls": "urls invokeurls endpoints topicurls apiurls",
    "stream prefix": "streamprefix streamnameprefix kinesisprefix",
    "charset": "charset",
    "encoding": "encoding",
    "content type": "contenttype",
    "headers": "headers header",
    "partition key": "partitionkey",
    "profile": "profile profilename awsprofile",
    "account": "accountid awsaccountid accountnumber",
    "log level": "loglevel logginglevel level",
    "environment": "environment env",
    "scheme": "scheme protocol",
    "security": "securityprotocol",
    "output": "output format outputformat",
    "client id": "clientid consumergroup groupid group",
    "no": "ssl usessl debug verbose dryrun echo tls usetls sslenabled",
}
MEANING = {word: meaning for meaning, words in _MEANINGS.items() for word in words.split()}
PREFIXED = {
    "api": "driver",
    "name": "database",
    "type": "type",
    "user": "user",
    "key": "access_key_id",
}
"""Words that mean something only after a prefix: `DB_NAME`."""

IN_SECTION = {
    ("kafka", "host"): "kafka",
    ("kafka", "port"): "kafka port",
    ("kafka", "url"): "url",
    ("api", "host"): "api host",
    ("api", "port"): "api port",
    ("api", "access_key_id"): "api key",
    ("api", "name"): "stage",
}

QUANTITY = {
    "timeout": 30,
    "seed": 100,
    "sleep": 1,
    "interval": 1,
    "delay": 1,
    "wait": 1,
    "pause": 1,
    "backoff": 1,
    "batch": 100,
    "size": 100,
    "chunk": 100,
    "limit": 100,
    "rows": 100,
    "records": 100,
    "iterations": 100,
    "count": 100,
    "max": 100,
    "maximum": 100,
    "retries": 3,
    "attempts": 3,
    "retry": 3,
    "workers": 2,
    "threads": 2,
    "partitions": 1,
    "shards": 1,
    "min": 1,
    "minimum": 1,
    "recycle": 1800,
}
"""Word → a number that does no harm."""
