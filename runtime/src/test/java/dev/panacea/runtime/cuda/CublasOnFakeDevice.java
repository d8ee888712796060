package dev.panacea.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.bindings.CStub;
import dev.panacea.runtime.bindings.Cublas;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Both ways to cuBLAS on a fake device, by a stand-in that multiplies column-major matrices in host memory. */
abstract class CublasOnFakeDevice {
    static final long HANDLE = 0x1122334455667788L;

    static CStub stub;
    static Cublas cublas;
    static FakeDriver driver;
    static CudaDevice device;
    static Map<String, CudaBlas> blases = Map.of();

    final HostDevice host = new HostDevice(1);
    final MemoryScope hostScope = host.openScope("host");
    MemoryScope scope;

    // Once a class, but asked for by each test, so that each is skipped by name where there is no compiler.
    @BeforeEach
    void open() {
        if (device == null) {
            stub = CublasStub.shared();
            cublas = Cublas.load(stub.file());
            // One for all tests, since the fake never gives host memory back.
            driver = new FakeDriver(2, 256 << 20);
            device = CudaDevice.open(driver, 0);
            blases = Map.of("ffm", open("ffm"), "jcuda", open("jcuda"));
        }
        stub.fail("", 0);
        stub.call("stub_compute", 1);
        scope = device.openScope("device");
    }

    @AfterAll
    static void closeAll() {
        blases.values().forEach(CudaBlas::close);
        blases = Map.of();
        if (device != null) {
            device.close();
            device = null;
            assertEquals(0, driver.openHandles());
            assertEquals(0, driver.allocatedBytes(0));
        }
    }

    @AfterEach
    void close() {
        if (scope != null) {
            scope.close();
        }
        hostScope.close();
        host.close();
    }

    static CudaBlas open(String way) {
        return new CudaBlas(device, CublasChoice.open(cublas, way), ComputeType.FLOAT32);
    }
}
