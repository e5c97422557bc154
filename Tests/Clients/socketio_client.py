"""A client of the original against a running dashboard.

python3 socketio_client.py URL TOKEN polling|websocket|both [SECONDS OF IDLENESS]
needs python-socketio[client] and requests
"""
import sys
import threading
import time

import requests
import socketio

url, token, mode = sys.argv[1:4]
transports = ["polling", "websocket"] if mode == "both" else [mode]
events, seen = [], threading.Condition()
client = socketio.Client(reconnection=False)

def note(name):
    def handler(data):
        with seen:
            events.append((name, data))
            seen.notify_all()
    client.on(name, handler)

for name in ("initial_data", "top_products_update", "categories_update", "raw_orders_update",
             "service_status_update"):
    note(name)

def wait(name, seconds=10):
    end = time.monotonic() + seconds
    with seen:
        while not any(e[0] == name for e in events):
            left = end - time.monotonic()
            assert left > 0, f"no {name} in {seconds} s; got {[e[0] for e in events]}"
            seen.wait(left)
        return next(e[1] for e in events if e[0] == name)

def post(path, body):
    answer = requests.post(url + path, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=10)
    assert answer.status_code == 200, answer.text

client.connect(url, transports=transports, wait_timeout=10)
assert "recent_orders" in wait("initial_data")
post("/api/top_products", {"batch_id": 1, "products": [{"product_id": "P", "product_name": "Lämp\nX", "order_count": 3}]})
assert wait("top_products_update")["products"][0]["order_count"] == 3
post("/api/categories", {"batch_id": 1, "categories": [{"category": "C", "total_orders": 3}]})
assert wait("categories_update")["categories"][0]["category"] == "C"
post("/api/raw_orders", {"batch_id": 1, "orders": [{"order_id": "O", "price": 2.5, "quantity": 2}]})
assert wait("raw_orders_update")["metrics"]["total_orders"] >= 1
post("/api/services", {"overall_status": "partial", "services": {"kafka": {"status": "stopped"}},
                       "summary": {"total_services": 5, "running": 4, "stopped": 1}})
assert wait("service_status_update")["overall_status"] == "partial"
client.call("request_update", {"x": 1}, timeout=10)  # ends only when it is acknowledged
if len(sys.argv) > 4:
    time.sleep(float(sys.argv[4]))
    assert client.connected, "the connection was lost while idle"
    events.clear()
    post("/api/categories", {"batch_id": 2, "categories": []})
    wait("categories_update")
print(mode, client.transport(), "ok")
status = requests.get(url + "/api/status", timeout=10).json()
assert status["socket_io_clients"] >= 1, status
client.disconnect()
