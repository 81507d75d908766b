// SPDX-License-Identifier: Apache-2.0
#include "tb/systemc/cluster_module.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "tb/cluster_numbers.hpp"
#include "tb/memory/answer_queue.hpp"
#include "tb/memory/port_payload.hpp"

namespace freebits::tb {
namespace {

namespace n = cluster_numbers;

/// Cycles the cluster runs without a look at the kernel when nothing else happens there.
constexpr std::uint64_t kFreeRun = 1 << 16;

}  // namespace

/// Between the cluster's cycles and the kernel's time. The cluster runs inside one SystemC thread
/// and is ahead of the kernel between two of its synchronizations; transactions run in threads of
/// their own, since their targets may wait.
class ClusterModule::Bridge final : public Outside {
 public:
  Bridge(ClusterModule& module, const Target& target, const ClusterOptions& options)
      : module_(module),
        period_(1e3 / target.clock_mhz, sc_core::SC_NS),
        cluster_(target, options, *this) {}

  void request(const OutsideRequest& request, std::uint64_t now) override {
    synchronize(now);
    Worker& worker = idle_worker();
    worker.busy = true;
    worker.begun = now;
    worker.payload.set(request);
    worker.id = request.id;
    worker.go.notify();
    settle();
    update_due(now);
  }

  OutsideDelivery deliver(std::uint64_t now) override {
    synchronize(now);
    OutsideDelivery delivery;
    delivery.events = std::exchange(events_, 0);
    if (answers_.due() <= now) {
      const AnswerQueue::Answer& answer = answers_.pop();
      delivery.answer = true;
      delivery.id = answer.id;
      delivery.data = answer.data;
    }
    update_due(now);
    return delivery;
  }

  void reset() override {
    origin_ = sc_core::sc_time_stamp();
    ++generation_;
    answers_.clear();
    events_ = 0;
    due_ = kNever;
  }

  void start(std::uint32_t entry) {
    cluster_.reset(entry);
    running_ = true;
    changed_.notify(sc_core::SC_ZERO_TIME);
  }
  void stop() {
    running_ = false;
    changed_.notify(sc_core::SC_ZERO_TIME);
  }
  void rise(unsigned line) {
    events_ = static_cast<std::uint8_t>(events_ | 1U << line);
    changed_.notify(sc_core::SC_ZERO_TIME);
  }

  /// The cluster's own thread.
  void run() {
    while (true) {
      if (!running_) {
        sc_core::wait(changed_);
        continue;
      }
      update_due(cluster_.cycles());
      switch (cluster_.run(cluster_.cycles() + kFreeRun)) {
        case Cluster::Stop::Stored:
          synchronize(cluster_.cycles());
          stored.notify();
          settle();  // processes that wait for it act before the next cycle
          break;
        case Cluster::Stop::AllAsleep:
          asleep.notify(sc_core::SC_ZERO_TIME);
          sc_core::wait(changed_);
          break;
        default:
          synchronize(cluster_.cycles());
      }
    }
  }

  sc_core::sc_event stored, asleep;
  [[nodiscard]] Cluster& cluster() { return cluster_; }
  [[nodiscard]] sc_core::sc_time period() const { return period_; }

 private:
  struct Worker {
    PortPayload payload;
    sc_core::sc_event go;
    std::uint64_t begun = 0;  ///< cycle
    std::uint8_t id = 0;
    bool busy = false;
  };

  /// First cycle that begins at `time` or later.
  [[nodiscard]] std::uint64_t cycle_at(const sc_core::sc_time& time) const {
    const std::uint64_t since = (time - origin_).value();
    return (since + period_.value() - 1) / period_.value();
  }

  /// Lets everything happen that is due in the kernel up to the beginning of cycle `now`.
  void synchronize(std::uint64_t now) {
    const sc_core::sc_time time = origin_ + sc_core::sc_time::from_value(now * period_.value());
    if (time > sc_core::sc_time_stamp()) sc_core::wait(time - sc_core::sc_time_stamp());
    settle();
  }
  /// Lets what happens at this time happen: an event takes three delta cycles from the L3 DMA to
  /// here. What takes more is seen in the next cycle, before its answer can be due; without an end,
  /// two clusters would wait for each other.
  static void settle() {
    for (int delta = 0; delta < 4; ++delta) {
      sc_core::wait(sc_core::SC_ZERO_TIME);
      if (!sc_core::sc_pending_activity_at_current_time()) return;
    }
  }

  void update_due(std::uint64_t now) {
    due_ = answers_.due();
    if (events_ != 0) due_ = now + 1;
    if (sc_core::sc_pending_activity()) {
      const sc_core::sc_time next =
          sc_core::sc_time_stamp() + sc_core::sc_time_to_pending_activity();
      due_ = std::min(due_, cycle_at(next));
    }
    due_ = std::max(due_, now + 1);
  }

  Worker& idle_worker() {
    for (Worker& worker : workers_) {
      if (!worker.busy) return worker;
    }
    Worker& worker = workers_.emplace_back();
    sc_core::sc_spawn([this, &worker] { work(worker); });
    sc_core::wait(sc_core::SC_ZERO_TIME);  // it waits for `go` now
    return worker;
  }

  void work(Worker& worker) {
    while (true) {
      sc_core::wait(worker.go);
      const unsigned generation = generation_;
      sc_core::sc_time delay;
      module_.outside->b_transport(worker.payload.payload(), delay);
      if (generation == generation_) {
        const std::uint64_t due =
            std::max(cycle_at(sc_core::sc_time_stamp() + delay), worker.begun + 1);
        answers_.push(worker.id, due, worker.payload.data());
      }
      worker.busy = false;
    }
  }

  ClusterModule& module_;
  sc_core::sc_time period_, origin_;
  Cluster cluster_;
  AnswerQueue answers_;
  std::deque<Worker> workers_;
  sc_core::sc_event changed_;
  unsigned generation_ = 0;  ///< of resets: what began before one is forgotten
  std::uint8_t events_ = 0;
  bool running_ = false;
};

ClusterModule::ClusterModule(sc_core::sc_module_name name, const Target& target,
                             const ClusterOptions& options)
    : sc_module(name),
      events("events", n::NumOutsideEvents),
      bridge_(std::make_unique<Bridge>(*this, target, options)) {
  memory.register_b_transport(this, &ClusterModule::transport);
  memory.register_transport_dbg(this, &ClusterModule::debug);
  sc_core::sc_spawn([this] { bridge_->run(); }, "cores");
}
ClusterModule::~ClusterModule() = default;

void ClusterModule::end_of_elaboration() {
  for (unsigned line = 0; line < events.size(); ++line) {
    if (events[line].size() == 0) continue;
    sc_core::sc_spawn_options method;
    method.spawn_method();
    method.dont_initialize();
    method.set_sensitivity(&events[line]->posedge_event());
    sc_core::sc_spawn([this, line] { bridge_->rise(line); }, nullptr, &method);
  }
}

unsigned ClusterModule::debug(tlm::tlm_generic_payload& payload) {
  const auto address = static_cast<std::uint32_t>(payload.get_address());
  const std::span<std::uint8_t> bytes(payload.get_data_ptr(), payload.get_data_length());
  Cluster& cluster = bridge_->cluster();
  const bool inside = address - n::L1Base < cluster.target().geometry.l1_bytes &&
                      payload.get_byte_enable_ptr() == nullptr;
  const bool done =
      inside && (payload.is_read() ? cluster.read(address, bytes) : cluster.write(address, bytes));
  payload.set_response_status(done ? tlm::TLM_OK_RESPONSE : tlm::TLM_ADDRESS_ERROR_RESPONSE);
  return done ? payload.get_data_length() : 0;
}

void ClusterModule::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
  debug(payload);
}

void ClusterModule::start(std::uint32_t entry) { bridge_->start(entry); }
void ClusterModule::stop() { bridge_->stop(); }
const sc_core::sc_event& ClusterModule::stored() const { return bridge_->stored; }
const sc_core::sc_event& ClusterModule::asleep() const { return bridge_->asleep; }
Cluster& ClusterModule::cluster() { return bridge_->cluster(); }
sc_core::sc_time ClusterModule::period() const { return bridge_->period(); }

}  // namespace freebits::tb
