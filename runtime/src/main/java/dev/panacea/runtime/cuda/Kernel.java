package dev.panacea.runtime.cuda;

import dev.panacea.runtime.BadInputException;
import java.lang.foreign.Arena;

/**
 * A kernel ready to be launched: its function, checked against the signature it is called with, and one set of arguments that
 * launches reuse. For one thread at a time; two threads load it twice.
 */
public final class Kernel {
    private final PrimaryContext context;
    private final CudaFunction function;
    private final LaunchArguments arguments;

    /**
     * @param arena how long the arguments live
     * @throws CudaException when {@code module} has no such kernel, or the kernel another signature
     */
    public Kernel(PrimaryContext context, CudaModule module, String name, KernelSignature signature, Arena arena) {
        this.context = context;
        function = context.driver().function(module, name);
        context.driver().check(function, signature);
        arguments = new LaunchArguments(signature, arena);
    }

    /** The arguments of the next launch; they keep their values from launch to launch. */
    public LaunchArguments arguments() {
        return arguments;
    }

    /** Gives one launch to {@code stream}. Allocates nothing. */
    public void launch(LaunchGeometry geometry, Stream stream) {
        context.driver().launch(function, geometry, stream.handle(), arguments);
    }

    public int attribute(FunctionAttribute attribute) {
        return context.driver().attribute(function, attribute);
    }

    /**
     * Lets launches use up to {@code bytes} of dynamic shared memory; more than 48 KiB must be asked for.
     *
     * @throws BadInputException when a block of this device cannot have as much
     */
    public void allowDynamicShared(int bytes) {
        int needed = bytes + attribute(FunctionAttribute.STATIC_SHARED_BYTES);
        int most = context.attribute(DeviceAttribute.MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
        if (needed > most) {
            throw new BadInputException("the kernel " + function.name() + " needs " + needed + " bytes of shared memory a block, and "
                + context + " has " + most + "; use a card with as much, such as an A100, A800 or H100");
        }
        context.driver().setAttribute(function, FunctionAttribute.MAX_DYNAMIC_SHARED_BYTES, bytes);
    }

    /** Blocks of {@code blockThreads} threads that one multiprocessor can hold at once. */
    public int residentBlocks(int blockThreads, int dynamicSharedBytes) {
        return context.driver().residentBlocks(function, blockThreads, dynamicSharedBytes);
    }

    @Override
    public String toString() {
        return function.name();
    }
}
