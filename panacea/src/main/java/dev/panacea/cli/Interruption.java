package dev.panacea.cli;

import dev.panacea.training.StopSignal;
import java.util.concurrent.CountDownLatch;

/**
 * Lets Ctrl-C and SIGTERM end training in order. While one is open, a signal stops the training loop after its step, and the
 * process ends (with 130 or 143, as the JVM does) only when this is closed again; where no loop runs it ends at once.
 */
final class Interruption implements AutoCloseable {
    private final StopSignal signal = new StopSignal();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "interruption");

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    StopSignal signal() {
        return signal;
    }

    private void stop() {
        if (signal.request()) {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the process is ending already, and the hook was what waited for us
        }
    }
}
