package dev.panacea.training;

import dev.panacea.objective.Pass;
import dev.panacea.runtime.Buffer;
import java.util.List;

/**
 * A step whose data is on the device.
 *
 * @param schedule of the optimiser
 * @param losses where those of all passes go, one behind the other
 */
record DeviceStep(List<Pass> passes, Buffer schedule, Buffer losses) { }
