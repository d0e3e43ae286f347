/**
 * What every Python finds already there: modules that programs often use, imported once and for all, and the function
 * that runs a program as the interpreter's own command line would.
 */
export const PYTHON_PRELUDE: string = String.raw`
import argparse, ast, asyncio, atexit, base64, bisect, builtins, calendar, collections, contextlib, copy, csv, dataclasses
import datetime, decimal, enum, fractions, functools, glob, hashlib, heapq, html, inspect, io, itertools, json, linecache
import logging, math, operator, os, pathlib, pprint, random, re, shutil, statistics, string, sys, tempfile, textwrap, time
import traceback, types, typing, unicodedata, urllib.parse, uuid, warnings, zipfile

def _prepare():
    class Idle(asyncio.BaseEventLoop):
        """An event loop of timers and tasks: there is nothing to read from or to write to."""
        class _selector:
            @staticmethod
            def select(timeout=None):
                if timeout is None:
                    raise RuntimeError('Every task waits, and there is nothing left that could wake one.')
                if timeout > 0:
                    time.sleep(timeout)
                return ()
        def _process_events(self, events):
            pass
        def _write_to_self(self):
            pass
        def run_in_executor(self, executor, func, *args):
            future = self.create_future()
            try:
                future.set_result(func(*args))
            except Exception as error:
                future.set_exception(error)
            return future

    class Policy(asyncio.events._BaseDefaultEventLoopPolicy):
        _loop_factory = Idle
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        asyncio.set_event_loop_policy(Policy())

    # Pyodide's own way through the event loop of JavaScript, which a program cannot wait for here.
    from pyodide import webloop
    asyncio._set_running_loop(None)
    asyncio.run = webloop._orig_run
    time.sleep = webloop._orig_sleep

    def run(filename, environment, print_traceback=traceback.print_exception):
        random.seed()
        os.environ.clear()
        os.environ.update(environment)
        os.chdir('/work')
        sys.argv = [filename]
        sys.path.insert(0, '/work')
        for name in ('js', 'pyodide_js'):
            sys.modules[name] = None
        main = types.ModuleType('__main__')
        main.__file__ = '/work/' + filename
        main.__builtins__ = builtins
        sys.modules['__main__'] = main
        status = 0
        try:
            with open(main.__file__, 'rb') as file:
                source = file.read()
            exec(compile(source, main.__file__, 'exec'), main.__dict__)
        except SystemExit as error:
            status = error.code
            if status is None:
                status = 0
            elif not isinstance(status, int):
                print(status, file=sys.stderr)
                status = 1
        except BaseException as error:
            status = 'memory' if isinstance(error, MemoryError) else 130 if isinstance(error, KeyboardInterrupt) else 1
            trace = error.__traceback__.tb_next
            print_traceback(type(error), error, trace)
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:
                pass
        return status

    # Unbuffered, so that what is written to one comes before what is written to the other later.
    for number, name, errors in ((1, 'stdout', 'strict'), (2, 'stderr', 'backslashreplace')):
        raw = open(number, 'wb', buffering=0, closefd=False)
        stream = io.TextIOWrapper(raw, encoding='utf-8', errors=errors, write_through=True)
        stream.mode = 'w'
        setattr(sys, name, stream)
        setattr(sys, '__' + name + '__', stream)
    sys.modules['_conversable'] = types.SimpleNamespace(run=run)

os.makedirs('/work', exist_ok=True)
_prepare()
del _prepare
`
