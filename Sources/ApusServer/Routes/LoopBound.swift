#if Server
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Runs the jobs of a task in an event loop.
private final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Connections whose requests are answered by the thread that reads them: handing each to another thread and back would
/// cost more than most predictions. What takes longer than a moment is done by `WorkQueue`.
struct LoopBoundChannel: ServerChildChannel {
    let base: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        base.setup(channel: channel, logger: logger)
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            await base.handle(value: value, logger: logger)
        }
    }
}

/// A server that takes connections in an event loop, so that nothing that computes elsewhere keeps them waiting.
struct LoopBoundService<Base: Service>: Service {
    let base: Base

    func run() async throws {
        try await withTaskExecutorPreference(EventLoopExecutor(MultiThreadedEventLoopGroup.singleton.any())) {
            try await base.run()
        }
    }
}
#endif
