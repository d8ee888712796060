package dev.panacea.bench.device;

import dev.panacea.bench.Spread;

/**
 * One memory-bound call.
 *
 * @param gigabytesPerSecond at the median, of the bytes that have to move
 * @param ofCopy that over the rate of the copy
 */
record StreamingFigures(String name, long bytes, Spread milliseconds, double gigabytesPerSecond, double ofCopy) {

    static StreamingFigures of(StreamingCall call, Spread spread, double copyRate) {
        double rate = rate(call, spread);
        return new StreamingFigures(call.name(), call.bytes(), spread, rate, rate / copyRate);
    }

    static double rate(StreamingCall call, Spread spread) {
        return call.bytes() / spread.median() * 1e-6;
    }
}
