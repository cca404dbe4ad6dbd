import type { ServerResponse } from 'node:http'

import { HttpException, Inject, Injectable, UseGuards } from '@nestjs/common'
import type { CanActivate, ExecutionContext } from '@nestjs/common'
import type { Requirement } from '@tidegate/core'

import { LIFECYCLE } from './lifecycle.ts'
import type { ShopDependency, ShopLifecycle } from './lifecycle.ts'

/** For routes and controllers: answers 503 while one of the named dependencies is failing. */
export function Requires(...names: ShopDependency[]): ClassDecorator & MethodDecorator {
  @Injectable()
  class RequiresGuard implements CanActivate {
    readonly #requirement: Requirement

    constructor(@Inject(LIFECYCLE) lifecycle: ShopLifecycle) {
      this.#requirement = lifecycle.requires(...names)
    }

    canActivate(context: ExecutionContext): boolean {
      const refusal = this.#requirement()
      if (refusal === undefined) return true
      context.switchToHttp().getResponse<ServerResponse>().setHeaders(new Headers(refusal.headers))
      throw new HttpException(JSON.parse(refusal.body) as object, refusal.status)
    }
  }
  return UseGuards(RequiresGuard)
}
