# mypy: ignore-errors
import json
from pathlib import Path
from sqlalchemy import create_engine, text

file = Path(__file__).parent / 'login.json'
if not file.exists():
    raise SystemExit('copy login.example.json to login.json first')
login = json.loads(file.read_text())
db = login['source']
engine = create_engine(f"mysql+pymysql://{db['user']}:{db['password']}@{db['host']}:{db['port']}/{db['name']}")
with engine.connect() as connection:
    print(connection.execute(text('SELECT COUNT(*) FROM pinterest_data')).scalar(), login['comment'])
