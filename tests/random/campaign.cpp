// SPDX-License-Identifier: Apache-2.0
#include "campaign.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "generator.hpp"
#include "runner.hpp"

namespace freebits::random {
namespace {

using Clock = std::chrono::steady_clock;

/// What the threads of one campaign share.
class Campaign {
 public:
  Campaign(const CampaignOptions& options, const std::function<void(std::uint64_t)>& progress)
      : options_(options),
        progress_(progress),
        generator_(options.level, options.seed),
        next_(options.first) {
    result_.coverage = Coverage(options.level);
  }

  CampaignResult run() {
    const auto start = Clock::now();
    start_ = start;
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < options_.jobs; ++i) threads.emplace_back([this] { work(); });
    work();
    for (std::thread& thread : threads) thread.join();
    result_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return std::move(result_);
  }

 private:
  void work() {
    Coverage coverage(options_.level);
    Runner runner;
    while (!done()) {
      const std::uint32_t index = next_++;
      if (index - options_.first >= options_.programs) break;
      const Program program = generator_.generate(index);
      const RunResult run = runner.run(program, kProgramBudget, &coverage);
      report(program, run);
    }
    const std::lock_guard lock(mutex_);
    result_.coverage.merge(coverage);
  }

  [[nodiscard]] bool done() const {
    if (stop_) return true;
    if (options_.instructions != 0 && retired_ >= options_.instructions) return true;
    const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
    return options_.minutes > 0 && elapsed > 60 * options_.minutes;
  }

  void report(const Program& program, const RunResult& run) {
    const std::lock_guard lock(mutex_);
    retired_ += run.instructions;
    result_.instructions += run.instructions;
    result_.cycles += run.cycles;
    ++result_.programs;
    if (run.reached_end) ++result_.completed;
    if (run.failure &&
        (!result_.failure || program.index < result_.failure->program.index)) {
      result_.failure = CampaignFailure{program, *run.failure};
      stop_ = true;
    }
    if (progress_) progress_(result_.instructions);
  }

  const CampaignOptions& options_;
  const std::function<void(std::uint64_t)>& progress_;
  Generator generator_;
  Clock::time_point start_;
  std::atomic<std::uint32_t> next_;
  std::atomic<std::uint64_t> retired_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  CampaignResult result_;
};

}  // namespace

CampaignResult run_campaign(const CampaignOptions& options,
                            const std::function<void(std::uint64_t)>& progress) {
  return Campaign(options, progress).run();
}

}  // namespace freebits::random
