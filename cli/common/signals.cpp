// SPDX-License-Identifier: Apache-2.0
#include "cli/common/signals.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <ctime>
#include <string_view>

#include "cli/common/commands.hpp"

namespace freebits::cli {

std::atomic<bool> interrupted = false;

namespace {

constexpr itimerspec kToNotice = {{}, {0, 800'000'000}}, kToSave = {{}, {10, 0}};

std::atomic<bool> noticed = false;
std::atomic<bool> saves = false;  ///< the time to save has begun
timer_t timer;
bool has_timer = false;

static_assert(std::atomic<bool>::is_always_lock_free, "handlers of signals use them");

void on_signal(int) {
  if (interrupted.exchange(true)) return;
  if (has_timer) timer_settime(timer, 0, &kToNotice, nullptr);
}

void on_timer(int) {
  if (noticed && !saves.exchange(true)) {
    timer_settime(timer, 0, &kToSave, nullptr);
    return;
  }
  constexpr std::string_view kLine =
      "freebits: interrupted in the middle of something that does not stop by itself; whatever was "
      "written before is complete\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kLine.data(), kLine.size());
  _exit(kInterrupted);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

}  // namespace

void catch_signals() {
  handle(SIGALRM, on_timer);
  sigevent event = {};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGALRM;
  has_timer = timer_create(CLOCK_MONOTONIC, &event, &timer) == 0;
  handle(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error like a full disk
  handle(SIGINT, on_signal);
  handle(SIGTERM, on_signal);
}

void allow_time_to_save() { noticed = true; }

StopToken stop_token() { return {interrupted, &noticed}; }

}  // namespace freebits::cli
