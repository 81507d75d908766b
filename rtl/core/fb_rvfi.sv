// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// RISC-V Formal Interface: one port, XLEN 32, unaligned memory mode (mem_addr is the byte address,
// mask bit i the byte at mem_addr + i). Instructions are reported in order, when their last
// response has arrived. Beyond the standard: rd2, the base register written by post-increment loads
// and stores; intr_cause, {interrupt, cause} for the first instruction of a handler; trap_cause and
// trap_tval of an instruction that traps.
module fb_rvfi (
  input  wire                      clk_i,
  input  wire                      rst_ni,
  // EX
  input  wire                      done_i,
  input  wire                      trap_i,        // exception of the instruction itself
  input  wire                      redirected_i,  // any trap: the next instruction is the first of a handler
  input  wire                      irq_i,         // … of an interrupt
  input  wire  [4:0]               cause_i,
  input  wire  [31:0]              tval_i,
  input  wire fb_core_pkg::issue_t issue_i,
  input  wire  [31:0]              insn_i,        // expanded
  input  wire  [31:0]              raw_i,         // as fetched
  input  wire  [31:0]              pc_i,
  input  wire  [31:0]              store_i,       // store data
  input  wire  [31:0]              rs1_i,
  input  wire  [31:0]              rs2_i,
  input  wire  [31:0]              next_pc_i,
  input  wire                      rf_we_i,
  input  wire  [4:0]               rf_rd_i,
  input  wire  [31:0]              rf_wdata_i,
  input  wire  [31:0]              mem_addr_i,
  // WB
  input  wire                      wb_pending_i,
  input  wire                      wb_done_i,
  input  wire                      wb_load_i,
  input  wire  [31:0]              wb_wdata_i,
  input  wire  [31:0]              wb_raw_i,

  output logic                     rvfi_valid_o,
  output logic [63:0]              rvfi_order_o,
  output logic [31:0]              rvfi_insn_o,
  output logic                     rvfi_trap_o,
  output logic [4:0]               rvfi_trap_cause_o,
  output logic [31:0]              rvfi_trap_tval_o,
  output logic                     rvfi_halt_o,
  output logic                     rvfi_intr_o,
  output logic [5:0]               rvfi_intr_cause_o,
  output logic [1:0]               rvfi_mode_o,
  output logic [1:0]               rvfi_ixl_o,
  output logic [4:0]               rvfi_rs1_addr_o,
  output logic [4:0]               rvfi_rs2_addr_o,
  output logic [31:0]              rvfi_rs1_rdata_o,
  output logic [31:0]              rvfi_rs2_rdata_o,
  output logic [4:0]               rvfi_rd_addr_o,
  output logic [31:0]              rvfi_rd_wdata_o,
  output logic [4:0]               rvfi_rd2_addr_o,
  output logic [31:0]              rvfi_rd2_wdata_o,
  output logic [31:0]              rvfi_pc_rdata_o,
  output logic [31:0]              rvfi_pc_wdata_o,
  output logic [31:0]              rvfi_mem_addr_o,
  output logic [3:0]               rvfi_mem_rmask_o,
  output logic [3:0]               rvfi_mem_wmask_o,
  output logic [31:0]              rvfi_mem_rdata_o,
  output logic [31:0]              rvfi_mem_wdata_o
);

  logic [63:0] order_q;
  logic [5:0]  next_cause_q;
  logic        valid_q, mem_q, intr_q, next_intr_q, post_inc_q;
  logic [31:0] rd_wdata_q;
  logic [4:0]  rd_q;
  logic [4:0]  ex_rd_q;  // written by EX: result or base register

  logic [3:0]  mask;
  logic [31:0] store_data;
  always_comb begin
    unique case (issue_i.ctrl.mem_size)
      fb_core_pkg::SizeByte: begin
        mask       = 4'b0001;
        store_data = {24'd0, store_i[7:0]};
      end
      fb_core_pkg::SizeHalf: begin
        mask       = 4'b0011;
        store_data = {16'd0, store_i[15:0]};
      end
      default: begin
        mask       = 4'b1111;
        store_data = store_i;
      end
    endcase
  end

  // The reported instruction leaves when it is not waiting for a response.
  assign rvfi_valid_o = valid_q && (!mem_q || !wb_pending_i || wb_done_i);

  // rd = first destination: the loaded register of loads, else what EX wrote. rd2 = base of post-
  // increment forms, unless the load overwrites it.
  logic writes_load;
  assign writes_load      = mem_q && wb_load_i && wb_done_i;
  assign rvfi_rd_addr_o   = post_inc_q ? (writes_load ? rd_q : 5'd0)
                                       : (writes_load ? rd_q : ex_rd_q);
  assign rvfi_rd_wdata_o  = writes_load ? wb_wdata_i : post_inc_q ? 32'd0 : rd_wdata_q;
  assign rvfi_rd2_addr_o  = post_inc_q && !(writes_load && rd_q == ex_rd_q) ? ex_rd_q : 5'd0;
  assign rvfi_rd2_wdata_o = rvfi_rd2_addr_o != 5'd0 ? rd_wdata_q : 32'd0;
  assign rvfi_mem_rdata_o = rvfi_mem_rmask_o != 4'd0 ? wb_raw_i : 32'd0;
  assign rvfi_order_o     = order_q;
  assign rvfi_intr_o      = intr_q;
  assign rvfi_halt_o      = 1'b0;
  assign rvfi_mode_o      = 2'b11;
  assign rvfi_ixl_o       = 2'b01;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      order_q      <= '0;
      valid_q      <= 1'b0;
      next_intr_q  <= 1'b0;
      next_cause_q <= '0;
    end else begin
      if (rvfi_valid_o) order_q <= order_q + 64'd1;
      if (done_i || trap_i) valid_q <= 1'b1;
      else if (rvfi_valid_o) valid_q <= 1'b0;
      if (redirected_i) begin
        next_intr_q  <= 1'b1;
        next_cause_q <= irq_i ? {1'b1, cause_i} : '0;
      end else if (done_i) begin
        next_intr_q  <= 1'b0;
        next_cause_q <= '0;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      mem_q            <= 1'b0;
      intr_q           <= 1'b0;
      rvfi_intr_cause_o <= '0;
      post_inc_q       <= 1'b0;
      rd_q             <= '0;
      rd_wdata_q       <= '0;
      ex_rd_q     <= '0;
      rvfi_insn_o      <= '0;
      rvfi_trap_o      <= 1'b0;
      rvfi_trap_cause_o <= '0;
      rvfi_trap_tval_o  <= '0;
      rvfi_rs1_addr_o  <= '0;
      rvfi_rs2_addr_o  <= '0;
      rvfi_rs1_rdata_o <= '0;
      rvfi_rs2_rdata_o <= '0;
      rvfi_pc_rdata_o  <= '0;
      rvfi_pc_wdata_o  <= '0;
      rvfi_mem_addr_o  <= '0;
      rvfi_mem_rmask_o <= '0;
      rvfi_mem_wmask_o <= '0;
      rvfi_mem_wdata_o <= '0;
    end else if (done_i || trap_i) begin
      mem_q            <= done_i && (issue_i.ctrl.load || issue_i.ctrl.store);
      intr_q           <= next_intr_q;
      rvfi_intr_cause_o <= next_cause_q;
      post_inc_q       <= done_i && issue_i.ctrl.post_inc;
      rd_q             <= insn_i[11:7];
      rd_wdata_q       <= rf_we_i ? rf_wdata_i : 32'd0;
      ex_rd_q     <= rf_we_i ? rf_rd_i : 5'd0;
      rvfi_insn_o      <= raw_i;
      rvfi_trap_o      <= trap_i;
      rvfi_trap_cause_o <= trap_i ? cause_i : 5'd0;
      rvfi_trap_tval_o  <= trap_i ? tval_i : 32'd0;
      rvfi_rs1_addr_o  <= issue_i.rs1_used ? insn_i[19:15] : 5'd0;
      rvfi_rs2_addr_o  <= issue_i.rs2_used ? insn_i[24:20] : 5'd0;
      rvfi_rs1_rdata_o <= issue_i.rs1_used ? rs1_i : 32'd0;
      rvfi_rs2_rdata_o <= issue_i.rs2_used ? rs2_i : 32'd0;
      rvfi_pc_rdata_o  <= pc_i;
      rvfi_pc_wdata_o  <= next_pc_i;
      rvfi_mem_addr_o  <= done_i && (issue_i.ctrl.load || issue_i.ctrl.store) ? mem_addr_i : 32'd0;
      rvfi_mem_rmask_o <= done_i && issue_i.ctrl.load ? mask : 4'd0;
      rvfi_mem_wmask_o <= done_i && issue_i.ctrl.store ? mask : 4'd0;
      rvfi_mem_wdata_o <= done_i && issue_i.ctrl.store ? store_data : 32'd0;
    end
  end

  logic unused_bits;
  assign unused_bits = ^{issue_i, insn_i};

endmodule

`default_nettype wire
