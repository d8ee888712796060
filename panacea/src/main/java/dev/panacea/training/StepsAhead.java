package dev.panacea.training;

import dev.panacea.objective.HostArrays;
import dev.panacea.objective.HostPass;
import dev.panacea.runtime.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Prepares a step while the device works on the one before: on a thread of its own, into the one of two slots that is not in use. */
final class StepsAhead implements AutoCloseable {

    /** A step with its arrays in a slot. The last group of the layout holds the optimiser's schedule, those before a pass each. */
    record Ready(PreparedStep step, InputLayout layout, InputSlot slot) { }

    static final String SCHEDULE = "schedule";

    private final StepPreparation preparation;
    private final InputSlot[] slots;
    private long begun = -1;
    private CompletableFuture<Ready> next;

    StepsAhead(StepPreparation preparation, Device device) {
        this.preparation = preparation;
        slots = new InputSlot[] {new InputSlot(device), new InputSlot(device)};
    }

    /** The step of that number, prepared before or now. */
    Ready take(long number) {
        CompletableFuture<Ready> waiting = next;
        next = null;
        if (waiting == null) {
            return prepare(number);
        }
        try {
            Ready ready = waiting.join();
            return begun == number ? ready : prepare(number);
        } catch (CompletionException e) {
            // it fails again, and on this thread, where it was asked for
            return prepare(number);
        }
    }

    /** Begins to prepare the step of that number. */
    void begin(long number) {
        begun = number;
        next = CompletableFuture.supplyAsync(() -> prepare(number), work -> Thread.ofPlatform().daemon().name("next step").start(work));
    }

    private Ready prepare(long number) {
        PreparedStep step = preparation.prepare(number);
        List<HostArrays> groups = new ArrayList<>(step.passes().stream().map(HostPass::arrays).toList());
        groups.add(new HostArrays().add(SCHEDULE, step.schedule()));
        InputLayout layout = new InputLayout(groups);
        InputSlot slot = slots[(int) (number % slots.length)];
        slot.fill(layout);
        return new Ready(step, layout, slot);
    }

    /** Waits for what is being prepared. */
    @Override
    public void close() {
        if (next != null) {
            next.handle((ready, failure) -> null).join();
            next = null;
        }
        for (InputSlot slot : slots) {
            slot.close();
        }
    }
}
