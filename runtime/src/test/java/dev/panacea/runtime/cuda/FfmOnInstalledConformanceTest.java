package dev.panacea.runtime.cuda;

class FfmOnInstalledConformanceTest extends CudaDriverConformance {
    FfmOnInstalledConformanceTest() {
        super(ConformanceSubject.ffmOnInstalled());
    }
}
