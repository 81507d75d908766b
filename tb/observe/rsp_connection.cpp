// SPDX-License-Identifier: Apache-2.0
#include "tb/observe/rsp_connection.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/error.hpp"
#include "tb/observe/rsp_text.hpp"

namespace freebits::tb {
namespace {

constexpr int kPollMilliseconds = 100;
constexpr char kInterrupt = 0x03;

unsigned checksum(std::string_view payload) {
  unsigned sum = 0;
  for (const char c : payload) sum += static_cast<unsigned char>(c);
  return sum & 0xff;
}

}  // namespace

RspConnection::RspConnection(std::uint16_t port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (listener_ < 0 || ::bind(listener_, generic, size) != 0 || ::listen(listener_, 1) != 0 ||
      ::getsockname(listener_, generic, &size) != 0) {
    const std::string why = std::strerror(errno);
    close();
    if (listener_ >= 0) ::close(listener_);
    throw Error(
        fmt::format("--gdb {}: cannot listen at 127.0.0.1: {}; choose another port", port, why));
  }
  port_ = ntohs(address.sin_port);
}

RspConnection::~RspConnection() {
  close();
  if (listener_ >= 0) ::close(listener_);
}

void RspConnection::close() {
  if (peer_ >= 0) ::close(peer_);
  peer_ = -1;
  input_.clear();
  acknowledge_ = true;  // of the next gdb
}

bool RspConnection::accept() {
  pollfd waiting{listener_, POLLIN, 0};
  while (!interrupted()) {
    if (::poll(&waiting, 1, kPollMilliseconds) > 0 && accept_waiting()) return true;
  }
  return false;
}

bool RspConnection::accept_waiting() {
  peer_ = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (peer_ < 0) return false;
  const int yes = 1;
  ::setsockopt(peer_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return true;
}

/// Reads what has arrived, waiting for at most so long. False: nothing.
bool RspConnection::fill(int timeout_milliseconds) {
  if (peer_ < 0) return false;
  pollfd waiting{peer_, POLLIN, 0};
  if (::poll(&waiting, 1, timeout_milliseconds) <= 0) return false;
  std::array<char, 4096> buffer{};
  const ssize_t count = ::recv(peer_, buffer.data(), buffer.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (count <= 0) {
    close();
    return false;
  }
  input_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

/// A whole packet from the front of the input, if there is one and its checksum is right.
std::optional<std::string> RspConnection::take_packet() {
  while (true) {
    input_.erase(0, std::min(input_.find('$'), input_.size()));  // acknowledgements, noise
    const std::size_t end = input_.find('#');
    const bool whole = end != std::string::npos && end + 2 < input_.size();
    if ((whole ? end + 3 : input_.size()) > kPacketSize) {
      close();
      return std::nullopt;
    }
    if (!whole) return std::nullopt;
    std::string payload = input_.substr(1, end - 1);
    const int high = hex_digit(input_[end + 1]);
    const int low = hex_digit(input_[end + 2]);
    input_.erase(0, end + 3);
    const bool good =
        high >= 0 && low >= 0 && static_cast<unsigned>(high << 4 | low) == checksum(payload);
    if (acknowledge_) send_raw(good ? "+" : "-");
    if (good) return payload;
  }
}

std::optional<std::string> RspConnection::receive() {
  while (connected() && !interrupted()) {
    if (auto packet = take_packet()) return packet;
    fill(kPollMilliseconds);
  }
  return std::nullopt;
}

bool RspConnection::interruption_requested() {
  while (input_.size() <= kPacketSize && fill(0)) {
  }
  if (input_.size() > kPacketSize) close();  // nothing but one byte is expected now
  const std::size_t at = input_.find(kInterrupt);
  if (at == std::string::npos) return false;
  input_.erase(at, 1);
  return true;
}

void RspConnection::send(std::string_view payload) {
  send_raw(fmt::format("${}#{:02x}", payload, checksum(payload)));
}

void RspConnection::send_raw(std::string_view bytes) {
  pollfd room{peer_, POLLOUT, 0};
  while (connected() && !bytes.empty() && !interrupted()) {
    if (::poll(&room, 1, kPollMilliseconds) <= 0) continue;
    const ssize_t count = ::send(peer_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EAGAIN && errno != EINTR) {
      close();
    }
  }
}

}  // namespace freebits::tb
