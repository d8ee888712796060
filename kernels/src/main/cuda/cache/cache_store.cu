// cache[places[row]] = rows[row], bit by bit, for the keys (blockIdx.y = 0) and the values (1) of one layer. A row whose place is outside
// the cache is stored nowhere.
//
// Tile: 16 bytes of a row a thread, or 2 where addresses or widths do not allow that; the threads of a block over one row or several short
// ones. Floor: bytes of keys and values, read and written once, over the card's copy rate; 64 rows of 8 heads of 128 in bfloat16 are
// 0.5 MB, so that a launch costs more than what it moves. The simulator counts 16 sectors a request of 16 bytes a thread, the least, and
// one for a place, which a warp reads once a row.

constexpr int CACHE_THREADS = 256;

namespace {

template <typename Unit>
__device__ __forceinline__ void store(const int* __restrict__ places, const Unit* __restrict__ from, Unit* __restrict__ cache, int rows,
                                      int units, int capacity) {
    const int row = blockIdx.x * blockDim.y + threadIdx.y;
    if (row >= rows) {
        return;
    }
    const int place = places[row];
    if (place < 0 || place >= capacity) {
        return;
    }
    const Unit* source = from + static_cast<size_t>(row) * units;
    Unit* target = cache + static_cast<size_t>(place) * units;
    for (int i = threadIdx.x; i < units; i += blockDim.x) {
        target[i] = source[i];
    }
}

}  // namespace

#define CACHE_STORE(name, unit)                                                                                         \
    extern "C" __global__ void __launch_bounds__(CACHE_THREADS)                                                         \
    cache_store_##name(const int* places, const unit* key, const unit* value, unit* keyCache, unit* valueCache, int rows, \
                       int units, int capacity) {                                                                       \
        const bool keys = blockIdx.y == 0;                                                                              \
        store<unit>(places, keys ? key : value, keys ? keyCache : valueCache, rows, units, capacity);                   \
    }

CACHE_STORE(packs, uint4)
CACHE_STORE(singles, unsigned short)
