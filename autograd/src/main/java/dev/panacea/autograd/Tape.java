package dev.panacea.autograd;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reverse-mode differentiation. Operations run at once and leave an entry behind: what they made, and how a gradient of that
 * becomes gradients of what they read. {@link #backward} walks the entries from last to first. Everything an operation
 * allocates lies in the tape's scope; it goes once the operation's backward has run, or when the scope closes. A tape that does
 * not record computes without gradients.
 */
public final class Tape {

    /** A kernel that writes a gradient, or with {@code accumulate} adds to what is there. */
    @FunctionalInterface
    public interface GradientKernel {
        void run(Buffer gradient, boolean accumulate);
    }

    /** @param memory gives back what was taken since the entry before, so that only this entry and later ones can read it */
    private record Entry(List<Tensor> outputs, List<Runnable> memory, Runnable backward) { }

    private final Kernels kernels;
    private final MemoryScope scope;
    private final boolean recording;
    private final List<Entry> entries = new ArrayList<>();
    private final List<Tensor> inSegment = new ArrayList<>();
    private List<Runnable> sinceLastEntry = new ArrayList<>();

    private Tape(Kernels kernels, MemoryScope scope, boolean recording) {
        this.kernels = kernels;
        this.scope = scope;
        this.recording = recording;
    }

    public static Tape recording(Kernels kernels, MemoryScope scope) {
        return new Tape(kernels, scope, true);
    }

    public static Tape withoutGradients(Kernels kernels, MemoryScope scope) {
        return new Tape(kernels, scope, false);
    }

    public Kernels kernels() {
        return kernels;
    }

    /** Whether a backward may follow. */
    public boolean isRecording() {
        return recording;
    }

    public MemoryScope scope() {
        return scope;
    }

    /** Whether an operation that reads {@code inputs} must keep what its backward needs. */
    public boolean differentiates(Tensor... inputs) {
        if (recording) {
            for (Tensor input : inputs) {
                if (input.differentiable()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** An activation in this tape's scope, of the dtype that {@link Kernels#activations} says, contents arbitrary. */
    public Tensor allocate(String name, boolean differentiable, int... shape) {
        return allocate(name, kernels.activations(), differentiable, shape);
    }

    /** {@link #allocate(String, boolean, int...)} of an array that is float32 on every device, as statistics and losses are. */
    public Tensor allocateFloats(String name, boolean differentiable, int... shape) {
        return allocate(name, DType.F32, differentiable, shape);
    }

    private Tensor allocate(String name, DType dtype, boolean differentiable, int... shape) {
        Tensor tensor = Tensor.allocate(scope, name, dtype, differentiable, shape);
        sinceLastEntry.add(tensor::giveBack);
        inSegment.add(tensor);
        return tensor;
    }

    /** Plain memory in this tape's scope, contents arbitrary. */
    public Buffer allocate(String name, DType dtype, long count) {
        Buffer buffer = scope.allocate(name, dtype, count);
        sinceLastEntry.add(() -> scope.release(buffer));
        return buffer;
    }

    /** Says that the backward about to be recorded reads the values of {@code tensors}: others may be gone by then. */
    public void keep(Tensor... tensors) {
        for (Tensor tensor : tensors) {
            tensor.keep();
        }
    }

    /**
     * Says how the values of {@code result} are made again, by a kernel that does little more than read what backwards read too. The
     * backward of the operation that made it must not read them.
     *
     * @param writes the same bits as the first time
     */
    public void canMakeAgain(Tensor result, Consumer<Buffer> writes) {
        result.setMaker(writes);
    }

    /** Adds an entry; {@code backward} runs once a gradient has reached any of {@code outputs}. */
    public void record(Runnable backward, Tensor... outputs) {
        entries.add(new Entry(List.of(outputs), sinceLastEntry, backward));
        sinceLastEntry = new ArrayList<>();
    }

    /**
     * Runs back from {@code root}, whose gradient is {@code seed}. A tape can be run back once: of what its operations made, only
     * the root's values are there afterwards.
     */
    public void backward(Tensor root, Buffer seed) {
        add(root, gradient -> kernels.elementwise().copy(seed.count(), seed, gradient));
        for (Entry entry : entries.reversed()) {
            if (entry.outputs.stream().anyMatch(Tensor::hasGradient)) {
                entry.outputs.stream().filter(Tensor::canBeMadeAgain).forEach(Tensor::giveBack);
                entry.backward.run();
                entry.outputs.forEach(Tensor::dropGradient);
            }
            if (!entry.outputs.contains(root)) {
                entry.memory.forEach(Runnable::run);
            }
        }
        entries.clear();
    }

    /** Adds to the gradient of {@code input} what {@code kernel} writes or adds; nothing for constants. */
    public void accumulate(Tensor input, GradientKernel kernel) {
        if (!input.differentiable()) {
            return;
        }
        if (!input.hasGradient()) {
            kernel.run(input.newGradient(), false);
        } else {
            ownGradient(input);
            kernel.run(input.gradient(), true);
        }
    }

    /** {@link #accumulate} for a kernel that can only overwrite. */
    public void add(Tensor input, Consumer<Buffer> kernel) {
        accumulate(input, (gradient, accumulate) -> {
            if (!accumulate) {
                kernel.accept(gradient);
                return;
            }
            Buffer part = scope.allocate("gradient part", gradient.dtype(), gradient.count());
            kernel.accept(part);
            kernels.elementwise().add(gradient.count(), gradient, part, gradient);
            scope.release(part);
        });
    }

    /** {@link #add} for a kernel that overwrites the gradients of several inputs at once; those of constants go to scratch. */
    public void add(List<Tensor> inputs, Consumer<List<Buffer>> kernel) {
        List<Buffer> targets = new ArrayList<>();
        for (Tensor input : inputs) {
            boolean direct = input.differentiable() && !input.hasGradient();
            targets.add(direct ? input.newGradient() : scope.allocate("gradient part", input.gradientType(), input.count()));
        }
        kernel.accept(targets);
        for (int i = 0; i < targets.size(); i++) {
            Tensor input = inputs.get(i);
            Buffer target = targets.get(i);
            if (input.gradient() != target) {
                accumulate(input, (gradient, accumulate) ->
                    kernels.elementwise().add(gradient.count(), gradient, target, gradient));
                scope.release(target);
            }
        }
    }

    /** Lets {@code input} have the gradient of {@code output} unchanged, without a copy where it can be shared. */
    public void pass(Tensor output, Tensor input) {
        if (!input.differentiable()) {
            return;
        }
        if (!input.hasGradient() && input.sharesHomeWith(output)) {
            input.shareGradientOf(output);
        } else {
            add(input, gradient -> kernels.elementwise().copy(gradient.count(), output.gradient(), gradient));
        }
    }

    private void ownGradient(Tensor tensor) {
        if (tensor.gradientIsShared()) {
            Buffer shared = tensor.gradient();
            tensor.dropGradient();
            kernels.elementwise().copy(shared.count(), shared, tensor.newGradient());
        }
    }

    /**
     * Runs {@code segment}, of which nothing but the result is used outside. What no backward reads is given back at its end, and of
     * the rest what {@code recomputation} says.
     */
    public Tensor segment(String name, Recomputation recomputation, Function<Tape, Tensor> segment) {
        // without a backward nobody reads a segment's values again
        if (!recording || recomputation == Recomputation.FULL) {
            return resultOf(name, segment);
        }
        inSegment.clear();
        Tensor result = segment.apply(this);
        for (Tensor tensor : inSegment) {
            boolean read = tensor.isKept() && !(recomputation == Recomputation.SELECTIVE && tensor.canBeMadeAgain());
            if (tensor != result && !read) {
                tensor.giveBack();
            }
        }
        return result;
    }

    // the backward runs the segment a second time
    private Tensor resultOf(String name, Function<Tape, Tensor> segment) {
        Tensor output;
        try (MemoryScope inner = scope.child(name)) {
            Tensor result = segment.apply(withoutGradients(kernels, inner));
            output = allocate(name, result.buffer().dtype(), recording, result.shape());
            kernels.elementwise().copy(result.count(), result.buffer(), output.buffer());
        }
        if (!recording) {
            return output;
        }
        record(() -> {
            try (MemoryScope inner = scope.child(name)) {
                Tape again = recording(kernels, inner);
                again.backward(again.segment(name, Recomputation.OFF, segment), output.gradient());
            }
        }, output);
        return output;
    }
}
