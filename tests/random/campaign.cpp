// SPDX-License-Identifier: Apache-2.0
#include "campaign.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "base/start_threads.hpp"
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
    start_ = Clock::now();
    limit_ = options_.instructions;
    run_threads();
    while (options_.until_covered && !stop_ && result_.coverage.holes() != 0 &&
           limit_ < 2 * options_.instructions) {
      limit_ += std::max<std::uint64_t>(options_.instructions / 20, 1);
      run_threads();
    }
    result_.seconds = elapsed();
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

  void run_threads() {
    const std::vector<std::jthread> threads =
        start_threads(options_.jobs - 1, [this](unsigned, const std::stop_token&) { work(); });
    work();
  }

  [[nodiscard]] double elapsed() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }

  [[nodiscard]] bool done() const {
    if (stop_) return true;
    if (limit_ != 0 && retired_ >= limit_) return true;
    return options_.minutes > 0 && elapsed() > 60 * options_.minutes;
  }

  void report(const Program& program, const RunResult& run) {
    const std::lock_guard lock(mutex_);
    retired_ += run.instructions;
    result_.instructions += run.instructions;
    result_.cycles += run.cycles;
    ++result_.programs;
    if (run.reached_end) ++result_.completed;
    if (run.failure && (!result_.failure || program.index < result_.failure->program.index)) {
      result_.failure = CampaignFailure{program, *run.failure};
      stop_ = true;
    }
    if (progress_) progress_(result_.instructions);
  }

  const CampaignOptions& options_;
  const std::function<void(std::uint64_t)>& progress_;
  Generator generator_;
  Clock::time_point start_;
  std::uint64_t limit_ = 0;
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
