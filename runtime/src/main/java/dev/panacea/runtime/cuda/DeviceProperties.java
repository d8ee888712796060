package dev.panacea.runtime.cuda;

/**
 * What a device is.
 *
 * @param name as its maker calls it
 * @param major compute capability, 8 of 8.0, minor likewise
 * @param memoryBytes all of its memory, whoever holds it
 */
public record DeviceProperties(String name, int major, int minor, int multiprocessors, long memoryBytes) {

    public static DeviceProperties of(CudaDriver driver, int ordinal) {
        return new DeviceProperties(driver.deviceName(ordinal),
            driver.attribute(ordinal, DeviceAttribute.COMPUTE_CAPABILITY_MAJOR),
            driver.attribute(ordinal, DeviceAttribute.COMPUTE_CAPABILITY_MINOR),
            driver.attribute(ordinal, DeviceAttribute.MULTIPROCESSOR_COUNT), driver.totalMemory(ordinal));
    }

    /** Compute capability as PTX targets write it: 80 for 8.0. */
    public int architecture() {
        return 10 * major + minor;
    }
}
