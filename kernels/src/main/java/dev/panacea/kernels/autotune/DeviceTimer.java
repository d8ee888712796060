package dev.panacea.kernels.autotune;

import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.cuda.Event;

/** Times by events on a device's compute stream; waits for it. */
public record DeviceTimer(CudaDevice device) implements Autotune.CallTimer {

    /** @throws IllegalStateException while the stream is captured, when nothing runs that could be timed */
    @Override
    public double milliseconds(Runnable call) {
        if (device.computeStream().isCapturing()) {
            throw new IllegalStateException("nothing can be timed while " + device
                + " captures a graph; run the same shapes once before, or fix the way");
        }
        try (Event start = new Event(device.context(), true); Event end = new Event(device.context(), true)) {
            start.record(device.computeStream());
            call.run();
            end.record(device.computeStream());
            end.synchronize();
            return end.millisecondsSince(start);
        }
    }
}
