# mypy: ignore-errors
from multiprocessing import Process, set_start_method
import sys
import time
import requests


def send_forever(number):
    ind = number * 1000
    try:
        while True:
            time.sleep(30)
            requests.post(f'https://abc123.execute-api.us-east-1.amazonaws.com/prod/topics/0e1f2a3b4c5d.pin',
                          json={'records': [{'value': {'index': ind}}]},
                          headers={'Content-Type': 'application/vnd.kafka.json.v2+json'})
            ind += 1
    finally:
        sys.stdout.write(f'process {number} has cleaned up\n')
        sys.stdout.flush()


if __name__ == '__main__':
    set_start_method(sys.argv[1])
    processes = [Process(target=send_forever, args=(n,)) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    print([process.exitcode for process in processes])
