package dev.panacea.runtime.simulator.execution;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Runs the blocks of a launch: one after another on each of several threads, or all at once in turns for a cooperative grid. */
final class GridRunner {
    private final Launch launch;
    private final int blocks;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    GridRunner(Launch launch) {
        this.launch = launch;
        blocks = (int) launch.geometry().grid().count();
    }

    void run() {
        if (launch.geometry().cooperative()) {
            together();
            return;
        }
        int workers = launch.program().ordered() ? 1 : Math.min(launch.machine().workers(), blocks);
        if (workers == 1) {
            work();
        } else {
            spread(workers);
        }
        rethrow();
    }

    private void spread(int workers) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 1; i < workers; i++) {
            threads.add(Thread.ofPlatform().daemon().name("simulated-gpu-" + i).start(this::work));
        }
        work();
        for (Thread thread : threads) {
            join(thread);
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException ignored) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        Block block = null;
        try {
            block = new Block(launch);
            for (int number = next.getAndIncrement(); number < blocks && failure.get() == null; number = next.getAndIncrement()) {
                finish(block, number);
            }
        } catch (RuntimeException | Error thrown) {
            failure.compareAndSet(null, thrown);
            launch.stop();
        } finally {
            if (block != null) {
                block.free();
            }
        }
    }

    private static void finish(Block block, int number) {
        block.begin(number);
        try {
            while (!block.done()) {
                block.advance();
            }
        } finally {
            block.close();
        }
    }

    private void together() {
        List<Block> resident = new ArrayList<>();
        try {
            for (int number = 0; number < blocks; number++) {
                Block block = new Block(launch);
                resident.add(block);
                block.begin(number);
            }
            for (boolean running = true; running;) {
                running = false;
                for (Block block : resident) {
                    if (!block.done()) {
                        block.advance();
                        running = true;
                    }
                }
            }
        } finally {
            for (Block block : resident) {
                block.close();
                block.free();
            }
        }
    }

    private void rethrow() {
        switch (failure.get()) {
            case null -> { }
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }
}
