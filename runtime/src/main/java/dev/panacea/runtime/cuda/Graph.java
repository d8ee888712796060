package dev.panacea.runtime.cuda;

/**
 * Work captured once and launched many times, at the cost of one launch. It holds the addresses of the memory it was captured with,
 * which must live as long as it is launched.
 */
public final class Graph implements AutoCloseable {
    private final PrimaryContext context;
    private CudaGraphExec executable;

    /** Takes {@code graph} over. */
    Graph(PrimaryContext context, CudaGraph graph) {
        this.context = context;
        try {
            executable = context.driver().instantiate(graph);
        } finally {
            context.driver().destroy(graph);
        }
    }

    /** Gives all of it to {@code stream}. */
    public void launch(Stream stream) {
        context.driver().launch(executable(), stream.handle());
    }

    /**
     * Replaces the work by what {@code work} gives to {@code stream}.
     *
     * @return whether it had the same shape, so that only parameters had to be changed
     */
    public boolean recapture(Stream stream, Runnable work) {
        CudaGraphExec old = executable();
        CudaDriver driver = context.driver();
        CudaGraph graph = stream.recorded(work);
        try {
            if (driver.update(old, graph)) {
                return true;
            }
            executable = driver.instantiate(graph);
        } finally {
            driver.destroy(graph);
        }
        driver.destroy(old);
        return false;
    }

    private CudaGraphExec executable() {
        if (executable == null) {
            throw new IllegalStateException("this graph is closed");
        }
        return executable;
    }

    @Override
    public void close() {
        if (executable != null) {
            context.driver().destroy(executable);
            executable = null;
        }
    }
}
