package dev.panacea.runtime.simulator;

/** A stream: work runs at once, or is kept while it is captured. */
final class SimulatedStream {
    /** What it is captured into; null when it runs. */
    Recording recording;
}
