package dev.panacea.runtime.cuda;

/** A mark in a stream: done when everything that the stream was given before it is. */
public final class Event implements AutoCloseable {
    private final PrimaryContext context;
    private final CudaEvent handle;
    private boolean open = true;

    /** @param timed whether {@link #millisecondsSince} will be asked, which makes the mark dearer */
    public Event(PrimaryContext context, boolean timed) {
        this.context = context;
        handle = context.driver().createEvent(timed);
    }

    CudaEvent handle() {
        return handle;
    }

    /** Sets the mark, or moves it, to behind what {@code stream} was given so far. */
    public void record(Stream stream) {
        context.driver().record(handle, stream.handle());
    }

    public void synchronize() {
        context.driver().synchronize(handle);
    }

    public boolean isDone() {
        return context.driver().isDone(handle);
    }

    /** Milliseconds on the device from {@code start} to this event; both timed and done. */
    public float millisecondsSince(Event start) {
        return context.driver().elapsedMilliseconds(start.handle, handle);
    }

    /** Gives the event back, even before it is done. Closing twice is harmless. */
    @Override
    public void close() {
        if (open) {
            open = false;
            context.driver().destroy(handle);
        }
    }
}
