package dev.panacea.runtime.cuda;

class JCudaOnInstalledConformanceTest extends CudaDriverConformance {
    JCudaOnInstalledConformanceTest() {
        super(ConformanceSubject.jcudaOnInstalled());
    }
}
