// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// General-purpose registers: three asynchronous read ports, two write ports. Both ports writing one
// register: port a wins (it belongs to the younger instruction). x0 reads zero.
module fb_register_file (
  input  wire         clk_i,
  input  wire         rst_ni,
  input  wire  [4:0]  raddr_a_i,
  input  wire  [4:0]  raddr_b_i,
  input  wire  [4:0]  raddr_c_i,
  output logic [31:0] rdata_a_o,
  output logic [31:0] rdata_b_o,
  output logic [31:0] rdata_c_o,
  input  wire         we_a_i,
  input  wire  [4:0]  waddr_a_i,
  input  wire  [31:0] wdata_a_i,
  input  wire         we_b_i,
  input  wire  [4:0]  waddr_b_i,
  input  wire  [31:0] wdata_b_i
);

  logic [31:0] regs_q [32];

  assign rdata_a_o = regs_q[raddr_a_i];
  assign rdata_b_o = regs_q[raddr_b_i];
  assign rdata_c_o = regs_q[raddr_c_i];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      for (int i = 0; i < 32; i++) regs_q[i] <= '0;
    end else begin
      if (we_b_i && waddr_b_i != 5'd0) regs_q[waddr_b_i] <= wdata_b_i;
      if (we_a_i && waddr_a_i != 5'd0) regs_q[waddr_a_i] <= wdata_a_i;
    end
  end

endmodule

`default_nettype wire
