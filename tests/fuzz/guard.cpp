// SPDX-License-Identifier: Apache-2.0
#include "guard.hpp"

#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace freebits::fuzz {
namespace {

/// What the handler says; written before, as a handler may not make texts.
std::array<char, 600> message{};
std::string current;

constexpr std::array<int, 5> kCrashes = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

void on_signal(int signal) {
  const char* what = signal == SIGVTALRM ? "takes too long: " : "crashes: ";
  (void)!write(STDERR_FILENO, what, std::strlen(what));
  (void)!write(STDERR_FILENO, message.data(), std::strlen(message.data()));
  std::signal(signal, SIG_DFL);
  raise(signal);
}

/// A stack that overflows leaves no room for a handler on it.
void use_own_stack() {
  static std::array<char, 64 << 10> stack;
  const stack_t own = {.ss_sp = stack.data(), .ss_flags = 0, .ss_size = stack.size()};
  sigaltstack(&own, nullptr);
}

void handle(int signal) {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_ONSTACK;
  sigaction(signal, &action, nullptr);
}

/// AddressSanitizer reserves all of the address space, and has limits and reports of its own.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

std::uint64_t address_space() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

void limit_memory(rlim_t bytes) {
  rlimit limit{};
  getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = std::min(bytes, limit.rlim_max);
  setrlimit(RLIMIT_AS, &limit);
}

void limit_time(unsigned seconds) {
  itimerval time{};
  time.it_value.tv_sec = seconds;
  setitimer(ITIMER_VIRTUAL, &time, nullptr);
}

}  // namespace

Guard::Guard(const std::string& kind, const std::filesystem::path& file) : file_(file) {
  current = kind;
  handle(SIGVTALRM);
  if (kSanitized) return;
  use_own_stack();
  for (const int signal : kCrashes) handle(signal);
  limit_memory(address_space() + kBytes);
}

Guard::~Guard() {
  end();
  if (!kSanitized) limit_memory(RLIM_INFINITY);
  for (const int signal : kCrashes) std::signal(signal, SIG_DFL);
}

void Guard::begin(std::uint64_t seed, unsigned mutant) {
  current = current.substr(0, current.find(',')) + ", seed " + std::to_string(seed) + ", mutant " +
            std::to_string(mutant);
  std::snprintf(message.data(), message.size(), "%s, kept as %s\n", current.c_str(), file_.c_str());
  limit_time(kSeconds);
}

void Guard::end() { limit_time(0); }

std::string Guard::mutant() const { return current; }

void Guard::keep() const {
  const std::filesystem::path kept = file_.string() + ".kept";
  std::filesystem::copy_file(file_, kept, std::filesystem::copy_options::overwrite_existing);
  std::fprintf(stderr, "kept as %s\n", kept.c_str());
}

}  // namespace freebits::fuzz

#if defined(__SANITIZE_ADDRESS__)
// Limits in the place of RLIMIT_AS: one allocation, and all that is resident.
extern "C" const char* __asan_default_options();  // NOLINT: the sanitizer's name
const char* __asan_default_options() {            // NOLINT
  return "max_allocation_size_mb=512:hard_rss_limit_mb=4096:quarantine_size_mb=32";
}
#endif
