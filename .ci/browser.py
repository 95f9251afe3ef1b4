"""A headless Chromium for the jobs that look at pages, driven over its DevTools protocol; None where there is none.

Needs nothing that `pip install toss_ctr[dev]` has not brought (JupyterLab brings websocket-client).
"""
import base64
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

NAMES = 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'
FLAGS = '--headless=new --no-sandbox --disable-gpu --hide-scrollbars --remote-debugging-port=0 --remote-allow-origins=*'


def program() -> str | None:
    "Where a browser lies."
    return next((path for path in map(shutil.which, NAMES) if path), None)


def until(what, seconds: float = 60, every: float = 0.25):
    "The first true answer of `what()`; TimeoutError where there is none in time."
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(every)
    raise TimeoutError(f'nothing after {seconds} s: {getattr(what, "__doc__", None) or what}')


class Browser:
    "One tab: `go(url)`, `js(code)`, `look(width, theme)`, `picture(file)`."

    def __enter__(self):
        from websocket import create_connection

        self.folder, self.number = tempfile.mkdtemp(), 0
        command = [program(), *FLAGS.split(), f'--user-data-dir={self.folder}', 'about:blank']
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        told = Path(self.folder, 'DevToolsActivePort')
        port = until(lambda: told.is_file() and told.read_text().partition('\n')[0])
        tabs = json.load(urllib.request.urlopen(f'http://127.0.0.1:{port}/json'))
        address = next(tab['webSocketDebuggerUrl'] for tab in tabs if tab['type'] == 'page')
        self.socket = create_connection(address, timeout=120)
        self.ask('Page.enable')
        self.ask('Emulation.setFocusEmulationEnabled', enabled=True)  # a page that believes somebody is there
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, method: str, **values) -> dict:
        "A command of the protocol and its answer."
        self.number += 1
        self.socket.send(json.dumps(dict(id=self.number, method=method, params=values)))
        while True:
            said = json.loads(self.socket.recv())
            if said.get('id') == self.number:
                if 'error' in said:
                    raise RuntimeError(f'{method}: {said["error"]}')
                return said['result']

    def js(self, code: str):
        "The value of an expression in the page; promises are awaited."
        said = self.ask('Runtime.evaluate', expression=code, returnByValue=True, awaitPromise=True)
        if 'exceptionDetails' in said:
            raise RuntimeError(said['exceptionDetails'].get('exception', {}).get('description', code))
        return said['result'].get('value')

    def look(self, width: int, theme: str = 'light', height: int = 900):
        "The size of the window in CSS pixels, and the reader's theme."
        size = dict(width=width, height=height, deviceScaleFactor=1, mobile=width < 500)
        self.ask('Emulation.setDeviceMetricsOverride', **size)
        self.ask('Emulation.setEmulatedMedia', features=[dict(name='prefers-color-scheme', value=theme)])

    def go(self, url: str):
        "Open a page and wait until it has loaded."
        self.ask('Page.navigate', url=url)
        until(lambda: self.js('document.readyState') == 'complete' and self.js('location.href') != 'about:blank')

    def picture(self, file, whole: bool = True):
        "The page, or what is in the window, as a PNG."
        size = self.js('[document.documentElement.clientWidth, document.documentElement.scrollHeight, innerHeight]')
        clip = dict(x=0, y=0, width=size[0], height=min(size[1] if whole else size[2], 16_000), scale=1)
        shot = self.ask('Page.captureScreenshot', format='png', captureBeyondViewport=whole, clip=clip)
        Path(file).write_bytes(base64.b64decode(shot['data']))
