/**
 * What a kernel runs before the first cell, so that programs which were written as scripts work: the work folder is
 * looked at for imports, bytes and the output of other programs go where prints go, `exit` is no end of the kernel, and
 * `asyncio.run` works where a loop runs already. Names that a program has not made are left alone.
 */
export const PREPARE = `
def _prepare():
    import codecs, io, sys, warnings
    class Bytes(io.RawIOBase):
        def __init__(self, stream):
            self.stream = stream
            self.decode = codecs.getincrementaldecoder('utf-8')('replace').decode
        def writable(self):
            return True
        def write(self, data):
            self.stream.write(self.decode(bytes(data)))
            return len(data)
    for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
        stream.flush_interval = 0.05
        stream.buffer = Bytes(stream)
        stream.fileno = lambda number=number: number
    if '' not in sys.path:
        sys.path.insert(0, '')
    warnings.filterwarnings('ignore', message='To exit: use')
    # What an interrupt leaves is read by nobody, and takes long to put together.
    get_ipython().set_custom_exc((KeyboardInterrupt,), lambda *args, **options: None)
    get_ipython().user_ns.update(exit=sys.exit, quit=sys.exit)
    try:
        import nest_asyncio
        nest_asyncio.apply()
    except ImportError:
        pass
_prepare()
del _prepare`
