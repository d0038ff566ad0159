#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Waits a moment for what another process works on.
func pause() { usleep(20_000) }
