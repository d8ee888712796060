package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.observation.LaunchObserver;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What runs launches.
 *
 * @param workers threads that blocks are spread over
 * @param schedules gives each block its order of warps
 * @param instructionLimit warp instructions of one launch, after which it fails
 * @param observer null for none
 * @param printed what kernels print
 */
public record Machine(DeviceMemory memory, int multiprocessors, int workers, Supplier<Schedule> schedules, long instructionLimit,
                      LaunchObserver observer, Consumer<String> printed) { }
