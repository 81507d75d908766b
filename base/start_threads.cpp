// SPDX-License-Identifier: Apache-2.0
#include "base/start_threads.hpp"

#include <atomic>
#include <memory>
#include <new>
#include <string>
#include <system_error>

namespace freebits {
namespace {

/// Where threads wait for those that are not made yet.
class Gate {
 public:
  /// Whether the work is to be done.
  [[nodiscard]] bool pass() const {
    state_.wait(State::Closed);
    return state_ == State::Open;
  }
  void open() { end(State::Open); }
  void give_up() { end(State::GivenUp); }

 private:
  enum class State : int { Closed, Open, GivenUp };
  void end(State state) {
    state_ = state;
    state_.notify_all();
  }
  std::atomic<State> state_ = State::Closed;
};

std::string refusal(unsigned count, std::size_t made, const std::string& why) {
  return std::to_string(count) + " threads: the system gives this process " + std::to_string(made) +
         " (" + why + "); ask for fewer";
}

}  // namespace

std::vector<std::jthread> start_threads(
    unsigned count, const std::function<void(unsigned, const std::stop_token&)>& work) {
  const auto gate = std::make_shared<Gate>();
  std::vector<std::jthread> threads;
  const auto give_up = [&](const std::string& why) {
    gate->give_up();
    const std::size_t made = threads.size();
    threads.clear();
    throw ThreadsRefused(refusal(count, made, why));
  };
  try {
    threads.reserve(count);
    for (unsigned i = 0; i < count; ++i)
      threads.emplace_back([gate, work, i](const std::stop_token& stop) {
        if (gate->pass()) work(i, stop);
      });
  } catch (const std::system_error& error) {
    give_up(error.code().message());
  } catch (const std::bad_alloc&) {
    give_up("out of memory");
  }
  gate->open();
  return threads;
}

}  // namespace freebits
