package dev.panacea.runtime.cuda;

import dev.panacea.runtime.DType;
import dev.panacea.runtime.bindings.Nccl;
import dev.panacea.runtime.bindings.NcclConfig;
import dev.panacea.runtime.bindings.NcclStatus;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * One rank's end of what several GPUs share, used by the thread whose current context is the rank's device. Collectives are given to
 * a stream and return; counts are elements. No call of NCCL blocks: what is not done at once is asked about until it is, so that a
 * lost peer is an error after {@code patience} and not a process that hangs. After a failure the communicator is aborted, which
 * frees the other ranks' waits, and every later call is refused.
 */
public final class NcclCommunicator implements AutoCloseable {
    private static final long POLL_NANOS = 200_000;

    private enum State { OPEN, FAILED, CLOSED }

    private final Nccl nccl;
    private final long handle;
    private final int rank;
    private final Duration patience;
    private State state = State.OPEN;
    private boolean grouped;

    private NcclCommunicator(Nccl nccl, long handle, int rank, Duration patience) {
        this.nccl = nccl;
        this.handle = handle;
        this.rank = rank;
        this.patience = patience;
    }

    /** A new id by which the ranks of one communicator find each other: one rank makes it and tells the others. */
    public static byte[] newId() {
        return Nccl.load().uniqueId();
    }

    /**
     * Joins as {@code rank} of {@code ranks}, on the device whose context is current; returns when all have.
     *
     * @param id one of {@link #newId()}, the same for all ranks
     * @param patience how long to wait for the other ranks, here and in every later call
     * @throws CudaException when NCCL refuses, or not all ranks came in time
     */
    public static NcclCommunicator join(byte[] id, int ranks, int rank, Duration patience) {
        return join(Nccl.load(), id, ranks, rank, patience);
    }

    static NcclCommunicator join(Nccl nccl, byte[] id, int ranks, int rank, Duration patience) {
        Nccl.Joined joined = nccl.initRank(ranks, id, rank, new NcclConfig(false));
        var communicator = new NcclCommunicator(nccl, joined.communicator(), rank, patience);
        communicator.settle("ncclCommInitRankConfig", joined.status());
        return communicator;
    }

    public synchronized int ranks() {
        requireOpen();
        return nccl.count(handle);
    }

    public synchronized int rank() {
        requireOpen();
        return nccl.userRank(handle);
    }

    /** Reduces {@code count} elements at {@code from} over all ranks into {@code to} of every rank; both may be the same. */
    public void allReduce(long from, long to, long count, DType dtype, Reduction reduction, CudaStream stream) {
        run("ncclAllReduce", () -> nccl.allReduce(from, to, count, dtype, reduction, handle, stream.handle()));
    }

    /** Copies {@code count} elements at {@code from} of rank {@code root} to {@code to} of every rank; both may be the same. */
    public void broadcast(long from, long to, long count, DType dtype, int root, CudaStream stream) {
        run("ncclBroadcast", () -> nccl.broadcast(from, to, count, dtype, root, handle, stream.handle()));
    }

    /** Puts the {@code count} elements that each rank has at {@code from} one after another into {@code to} of every rank. */
    public void allGather(long from, long to, long count, DType dtype, CudaStream stream) {
        run("ncclAllGather", () -> nccl.allGather(from, to, count, dtype, handle, stream.handle()));
    }

    /** Reduces over all ranks, and leaves rank r the r-th {@code count} elements of the result in {@code to}. */
    public void reduceScatter(long from, long to, long count, DType dtype, Reduction reduction, CudaStream stream) {
        run("ncclReduceScatter", () -> nccl.reduceScatter(from, to, count, dtype, reduction, handle, stream.handle()));
    }

    /** Gives the collectives that {@code calls} asks for to NCCL as one. */
    public void together(Runnable calls) {
        run("ncclGroupStart", nccl::groupStart);
        grouped = true;
        int status;
        try {
            calls.run();
        } finally {
            grouped = false;
            status = nccl.groupEnd();
        }
        settle("ncclGroupEnd", status);
    }

    /**
     * Looks for what went wrong since, without waiting: a lost peer shows only here while kernels wait for it.
     *
     * @throws CudaException with what NCCL says of it
     */
    public void check() {
        int status = asyncError();
        if (status != NcclStatus.IN_PROGRESS) {
            settle("ncclCommGetAsyncError", status);
        }
    }

    private void run(String call, IntSupplier function) {
        int status;
        synchronized (this) {
            requireOpen();
            status = function.getAsInt();
        }
        // Inside a group nothing has begun yet, so that waiting for it would be for ever.
        if (status != NcclStatus.IN_PROGRESS || !grouped) {
            settle(call, status);
        }
    }

    private void settle(String call, int status) {
        int settled = status == NcclStatus.IN_PROGRESS ? await(call) : status;
        if (settled != NcclStatus.SUCCESS) {
            throw failure(call, settled, "");
        }
    }

    private int await(String call) {
        long deadline = System.nanoTime() + patience.toNanos();
        int status = asyncError();
        while (status == NcclStatus.IN_PROGRESS) {
            if (Thread.currentThread().isInterrupted()) {
                throw failure(call, status, "the thread was interrupted");
            }
            if (System.nanoTime() - deadline > 0) {
                throw failure(call, status, "not done after " + patience.toMillis() + " ms: another rank is slow, stuck or gone");
            }
            LockSupport.parkNanos(POLL_NANOS);
            status = asyncError();
        }
        return status;
    }

    // Held for each question alone, so that another thread can abort between two.
    private synchronized int asyncError() {
        requireOpen();
        return nccl.asyncError(handle);
    }

    private synchronized CudaException failure(String call, int status, String detail) {
        requireOpen();
        String said = nccl.lastError(handle);
        String text = "rank " + rank + (detail.isEmpty() ? "" : ", " + detail) + ", " + (said.isEmpty() ? nccl.text(status) : said);
        abort();
        return new CudaException(call, NcclStatus.error(status), text);
    }

    /** Gives up, from any thread: ends what is under way here and the other ranks' waits for this one. */
    public synchronized void abort() {
        if (state == State.OPEN) {
            state = State.FAILED;
            // Null where joining was refused outright; what aborting itself returns could change nothing.
            if (handle != 0) {
                nccl.abort(handle);
            }
        }
    }

    private void requireOpen() {
        if (state != State.OPEN) {
            throw new IllegalStateException("the communicator of rank " + rank
                + (state == State.FAILED ? " was aborted after a failure: every rank must join a new one" : " is closed"));
        }
    }

    /** Waits until all that was asked for is done, then leaves; does nothing after a failure. */
    @Override
    public void close() {
        synchronized (this) {
            if (state != State.OPEN) {
                return;
            }
        }
        run("ncclCommFinalize", () -> nccl.finish(handle));
        synchronized (this) {
            requireOpen();
            state = State.CLOSED;
            int status = nccl.destroy(handle);
            if (status != NcclStatus.SUCCESS) {
                throw new CudaException("ncclCommDestroy", NcclStatus.error(status), "rank " + rank + ", " + nccl.text(status));
            }
        }
    }
}
