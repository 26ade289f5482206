"""A round of 100 campaigns against a server on loopback that answers after 50 ms.

    campaigns.py DIALPACE RUNS

Prints the time of one `tick` over all of them, its peak memory, and the same with one campaign whose
server never answers. The reference is the time that the server's delay alone takes: every campaign needs
three answers one after another (metrics and agents together, the rate, the record), after one for the token.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

CAMPAIGNS = 100
DELAY = 0.05
DEADLINE = 10


class Server:
    def __init__(self):
        self.hanging = None
        self.patched = set()
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self.run, args=(ready,), daemon=True).start()
        ready.wait()

    def run(self, ready):
        async def main():
            server = await asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=1024)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            async with server:
                await server.serve_forever()

        self.loop.run_until_complete(main())

    async def serve(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                method, path, _ = head.split(" ", 2)
                length = 0
                for line in head.split("\r\n"):
                    if line.lower().startswith("content-length:"):
                        length = int(line.split(":")[1])
                body = (await reader.readexactly(length)).decode() if length else ""
                if self.hanging and (f"'{self.hanging}'" in body or path.endswith("/" + self.hanging)):
                    await asyncio.sleep(3600)
                await asyncio.sleep(DELAY)
                answer = self.answer(method, path, body)
                text = json.dumps(answer)
                writer.write(
                    f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def answer(self, method, path, body):
        if path == "/oauth/token":
            return {"access_token": "token", "token_type": "bearer", "expires_in": 3600}
        if path.startswith("/api/analytics"):
            campaign = body.split("'")[1]
            row = {"campaignId": campaign, "totalCallsDialed": 100, "totalCallsAnswered": 30, "answerRate": 0.3}
            return {"response": [row], "pageSize": 1, "page": 1, "totalElements": 1}
        if path.startswith("/api/v2/agents"):
            return [{} for _ in range(20)]
        if method == "PATCH":
            self.patched.add(path.rsplit("/", 1)[1])
            return {}
        return {}


def tick(dialpace, folder):
    began = time.monotonic()
    process = subprocess.Popen(
        [dialpace, "tick", "--config", "c.toml", "--quiet"], cwd=folder, stderr=subprocess.PIPE, text=True
    )
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.monotonic() - began, usage.ru_maxrss / 1024, process.returncode, errors


def main():
    dialpace, runs = os.path.abspath(sys.argv[1]), int(sys.argv[2])
    server = Server()
    site = f"http://127.0.0.1:{server.port}"
    for dead in [None, "c50"]:
        times, memory = [], []
        for _ in range(runs):
            with tempfile.TemporaryDirectory() as folder:
                with open(f"{folder}/secret.txt", "w") as file:
                    file.write("secret")
                with open(f"{folder}/c.toml", "w") as file:
                    file.write(
                        f'[account]\nsite = "{site}"\nclient_id = "bench"\nclient_secret_file = "secret.txt"\n'
                        f'[defaults]\nstate_dir = "states"\nretries = 0\ndeadline = "{DEADLINE}s"\n'
                        f'dw_endpoint = "{site}/warehouse"\n'
                    )
                    for n in range(CAMPAIGNS):
                        file.write(f'[[campaign]]\nname = "c{n}"\ncampaign_id = "c{n}"\n')
                server.hanging, server.patched = dead, set()
                took, peak, code, errors = tick(dialpace, folder)
                wanted = CAMPAIGNS - (1 if dead else 0)
                # Where one hangs, the run ends with its deadline, and the others have been paced.
                if len(server.patched) != wanted or code != (4 if dead else 0):
                    sys.exit(f"{len(server.patched)} of {wanted} were paced, exit code {code}\n{errors[:500]}")
                times.append(took)
                memory.append(peak)
        what = "one that never answers" if dead else "all answer"
        times.sort()
        least = 4 * DELAY
        print(
            f"{CAMPAIGNS} campaigns, {what}: {times[len(times) // 2]:.2f} s (median of {runs}; {least:.2f} s is the server's delay), "
            f"{max(memory):.0f} MiB"
        )
        if not dead and times[len(times) // 2] > 5 or max(memory) > 40:
            sys.exit("more than 5 s or 40 MiB")


main()
