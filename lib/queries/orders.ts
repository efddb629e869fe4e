import 'server-only';
import type { OrderDetail, OrderStatus, OrderSummary, PageOf, RefusalDto } from '#lib/shared/dto.ts';

export interface OrderFilter {
  as: 'customer' | 'provider';
  page?: number;
  status?: OrderStatus;
}

export async function getOrders(filter: OrderFilter): Promise<PageOf<OrderSummary>> {
  void filter;
  throw new Error('getOrders is not written yet');
}

export async function getOrder(id: number): Promise<OrderDetail | null> {
  void id;
  throw new Error('getOrder is not written yet');
}

export async function getRefusals(page: number): Promise<PageOf<RefusalDto>> {
  void page;
  throw new Error('getRefusals is not written yet');
}
