package dev.panacea.runtime.cuda;

/** Work of one device that runs in the order in which it is given, beside that of other streams. */
public final class Stream implements AutoCloseable {
    private final PrimaryContext context;
    private final CudaStream handle;
    private volatile boolean capturing;
    private volatile boolean open = true;

    public Stream(PrimaryContext context) {
        this.context = context;
        handle = context.driver().createStream();
    }

    /** For calls of the driver. */
    public CudaStream handle() {
        return handle;
    }

    /** Waits until everything given so far is done. */
    public void synchronize() {
        context.driver().synchronize(handle);
    }

    /** Whether everything given so far is done. */
    public boolean isDone() {
        return context.driver().isDone(handle);
    }

    /** A new event that comes when everything given so far is done; the caller closes it. */
    public Event record() {
        Event event = new Event(context, false);
        event.record(this);
        return event;
    }

    /** Lets what is given from here on wait for {@code event}. */
    public void waitFor(Event event) {
        context.driver().waitFor(handle, event.handle());
    }

    /** Lets what is given from here on wait for everything that {@code other} was given so far. */
    public void waitFor(Stream other) {
        try (Event event = other.record()) {
            waitFor(event);
        }
    }

    /** Records what {@code work} gives to this stream, instead of running it, as a graph; the caller closes it. */
    public Graph capture(Runnable work) {
        return new Graph(context, recorded(work));
    }

    /** What {@code work} gives to this stream; the caller destroys it. */
    CudaGraph recorded(Runnable work) {
        if (capturing) {
            throw new IllegalStateException("this stream is being captured already");
        }
        context.driver().beginCapture(handle);
        capturing = true;
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            abandon(e);
            throw e;
        }
        return end();
    }

    private CudaGraph end() {
        capturing = false;
        return context.driver().endCapture(handle);
    }

    private void abandon(Throwable cause) {
        try {
            context.driver().destroy(end());
        } catch (CudaException e) {
            // What ended the capture may have spoilt it as well, and is the one to be told.
            cause.addSuppressed(e);
        }
    }

    /** Whether what is given now is recorded and not run. */
    public boolean isCapturing() {
        return capturing;
    }

    public boolean isOpen() {
        return open;
    }

    /** Waits for the work under way and gives the stream back. Closing twice is harmless. */
    @Override
    public void close() {
        if (open) {
            synchronize();
            open = false;
            context.driver().destroy(handle);
        }
    }
}
